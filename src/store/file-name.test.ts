import { expect, it } from "vitest";
import { fileNameOf } from "./file-name.js";

it("a name for a file keeps to one folder and to letters that every file system takes", () => {
	expect(fileNameOf("cors alone")).toBe("cors-alone");
	expect(fileNameOf("@fastify/cors alone")).toMatch(/^fastify-cors-alone-[0-9a-f]{6}$/);
	expect(fileNameOf("../../etc/passwd")).toMatch(/^etc-passwd-[0-9a-f]{6}$/);
	expect(fileNameOf("..")).toMatch(/^[0-9a-f]{6}$/);
	expect(fileNameOf("x".repeat(300))).toHaveLength(97);
});

it("ids that differ only in what is replaced have names that differ", () => {
	expect(new Set(["a/b", "a@b", "a:b"].map(fileNameOf)).size).toBe(3);
});
