import { describe, expect, it } from "vitest";
import { parseDiff } from "./changed-lines.js";

const DIFF = `diff --git old.js new.js
similarity index 80%
rename from old.js
rename to new.js
index 1111111..2222222 100644
--- old.js
+++ new.js
@@ -3 +3,2 @@ function a() {
-old
+new
+newer
@@ -10,2 +11,0 @@
--- not a file
-@@ -1 +1 @@
diff --git gone.js gone.js
deleted file mode 100644
--- gone.js
+++ /dev/null
@@ -1,2 +0,0 @@
-one
-two
diff --git with space.js with space.js
--- with space.js\t
+++ with space.js\t
@@ -0,0 +1 @@
+first
`;

describe("lines that differ", () => {
	const found = parseDiff(DIFF, { root: "/base" }, { root: "/head" });

	it("are told of both sides, with the names that their files have there", () => {
		expect(found.base).toEqual([
			{ file: "/base/old.js", from: 3, to: 3 },
			{ file: "/base/old.js", from: 10, to: 11 },
			{ file: "/base/gone.js", from: 1, to: 2 },
			{ file: "/base/with space.js", from: 0, to: 0 },
		]);
	});

	it("are, where lines are missing, the one before them", () => {
		expect(found.head).toEqual([
			{ file: "/head/new.js", from: 3, to: 4 },
			{ file: "/head/new.js", from: 11, to: 11 },
			{ file: "/head/with space.js", from: 1, to: 1 },
		]);
	});

	it("are none of an empty difference, or of binary files", () => {
		expect(parseDiff("", { root: "/a" }, { root: "/b" })).toEqual({ base: [], head: [] });
		expect(
			parseDiff("diff --git a.png a.png\nBinary files a.png and a.png differ\n", { root: "/a" }, { root: "/b" }),
		).toEqual({ base: [], head: [] });
	});
});
