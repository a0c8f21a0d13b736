import fastifyCompress from "@fastify/compress";
import { defineLayer } from "./layer.js";

const WORTH_IT_BYTES = 1024;

/** Compresses answers for clients that ask for it. Compressed request bodies are not accepted. */
export const compress = defineLayer("compress", async (app) => {
	await app.register(fastifyCompress, { threshold: WORTH_IT_BYTES, globalDecompression: false });
});
