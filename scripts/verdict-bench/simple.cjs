// A plain HTTP server that does a little work: some 50 µs of CPU a request.
const { createServer } = require("node:http");
const items = Array.from({ length: 40 }, (_, id) => ({ id, name: `item ${id}`, price: id * 1.5, tags: ["a", "b"] }));
createServer((request, response) => {
	const body = JSON.stringify({ path: request.url, items });
	response.setHeader("content-type", "application/json");
	response.end(body);
}).listen(Number(process.env.PORT ?? 0), "127.0.0.1");
