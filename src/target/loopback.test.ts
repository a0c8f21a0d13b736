import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { isLoopbackAddress, loopbackAddressOf } from "./loopback.js";

const { signal } = new AbortController();
const leadsTo =
	(...addresses: string[]) =>
	async () =>
		addresses;
const never = async (): Promise<string[]> => {
	throw new Error("it was asked for");
};
const behind = (url: string, lookup: (name: string) => Promise<readonly string[]>) =>
	loopbackAddressOf(new URL(url), signal, lookup);

it("knows the addresses of this machine alone", () => {
	expect(["127.0.0.1", "127.255.255.254", "::1"].filter((each) => !isLoopbackAddress(each))).toEqual([]);
	const others = ["10.0.0.1", "0.0.0.0", "128.0.0.1", "::", "::2", "fe80::1", "::ffff:127.0.0.1", "localhost", ""];
	expect(others.filter(isLoopbackAddress)).toEqual([]);
});

describe("the address behind an origin", () => {
	it("is itself where it is one, without asking anybody", async () => {
		expect(await behind("http://127.0.0.1:80", never)).toBe("127.0.0.1");
		expect(await behind("http://127.1:80", never)).toBe("127.0.0.1");
		expect(await behind("http://[::1]:80", never)).toBe("::1");
	});

	it("is what its name resolves to", async () => {
		expect(await behind("http://server.test", leadsTo("127.0.0.7"))).toBe("127.0.0.7");
	});

	it.each(["http://10.0.0.1", "http://0.0.0.0:80", "http://[2001:db8::1]", "http://[::ffff:127.0.0.1]"])(
		"is refused elsewhere: %s",
		async (url) => {
			await expect(behind(url, never)).rejects.toThrow(/is not on this machine; only loopback/);
		},
	);

	it.each([
		["http://127.evil.test:8080", ["192.0.2.1"]],
		["http://localhost", ["192.0.2.1"]],
		["http://rebound.test", ["127.0.0.1", "192.0.2.1"]],
		["http://rebound.test", ["::1", "2001:db8::1"]],
	])("is refused where a name that looks right leads elsewhere: %s to %j", async (url, addresses) => {
		await expect(behind(url, leadsTo(...addresses))).rejects.toThrow(/is not on this machine: it is (192|2001)/);
	});

	it("is not there for a name that nobody knows", async () => {
		await expect(behind("http://nobody.test", never)).rejects.toThrow(/nobody\.test cannot be resolved: it was asked/);
		await expect(behind("http://nobody.test", leadsTo())).rejects.toThrow(/it has no address/);
	});

	it("is of several the first that takes a connection", async () => {
		const server = createServer();
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const { port } = server.address() as { port: number };
		expect(await behind(`http://both.test:${port}`, leadsTo("127.0.0.9", "127.0.0.1"))).toBe("127.0.0.1");
		server.close();
	});

	it("is not waited for after an interruption", async () => {
		const controller = new AbortController();
		const waiting = loopbackAddressOf(new URL("http://slow.test"), controller.signal, () => new Promise(() => {}));
		controller.abort(new Error("interrupted"));
		await expect(waiting).rejects.toThrow("interrupted");
	});
});
