// Answers with what it reads from a browser's usual cookies; the folder that it is copied to has a version of the package.
const { parse } = require("cookie");
const { createServer } = require("node:http");
const header = Array.from({ length: 20 }, (_, index) => `name_${index}=value${index}%20${"x".repeat(index * 4)}`).join(
	"; ",
);
createServer((request, response) => {
	let names = 0;
	// As often as a chain of middleware that each parses for itself.
	for (let layer = 0; layer < 10; layer++) names += Object.keys(parse(request.headers.cookie ?? header)).length;
	response.setHeader("content-type", "application/json");
	response.end(JSON.stringify({ names }));
}).listen(Number(process.env.PORT ?? 0), "127.0.0.1");
