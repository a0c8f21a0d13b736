import { describe, expect, it } from "vitest";
import { type Hunk, hunksOf, joined } from "./difference-hunks.js";

const DIFF = `diff --git a.js a.js
index 1111111..2222222 100644
--- a.js
+++ a.js
@@ -3 +3,2 @@ function a() {
-old
+new
+newer
@@ -5,0 +7 @@
+near
@@ -20,2 +22,0 @@
--- not a file
-@@ -1 +1 @@
diff --git new.js new.js
--- /dev/null
+++ new.js
@@ -0,0 +1,2 @@
+one
+two
\\ No newline at end of file
diff --git gone.js gone.js
--- gone.js
+++ /dev/null
@@ -1 +0,0 @@
-one
diff --git lib lib
index 1111111..2222222 160000
--- lib
+++ lib
@@ -1 +1 @@
-Subproject commit 1111111111111111111111111111111111111111
+Subproject commit 2222222222222222222222222222222222222222
`;

describe("the hunks of a diff", () => {
	const { hunks, submodules } = hunksOf(DIFF);

	it("keep their lines, and can be joined where hardly a line lies between them", () => {
		const [first, second, third] = hunks as [Hunk, Hunk, Hunk];
		expect(first).toMatchObject({ base: { from: 3, lines: 1 }, head: { from: 3, lines: 2 }, removed: ["old"] });
		expect(joined(first, second)).toEqual({
			...{ baseFile: "a.js", headFile: "a.js" },
			...{ base: { from: 3, lines: 3 }, head: { from: 3, lines: 5 } },
			...{ removed: ["old"], added: ["new", "newer", "near"] },
		});
		expect(third).toMatchObject({ base: { from: 20, lines: 2 }, head: { from: 22, lines: 0 } });
		expect(third.removed).toEqual(["-- not a file", "@@ -1 +1 @@"]);
		expect(joined(second, third)).toBeNull();
	});

	it("know files that one side does not have", () => {
		expect(hunks.slice(3)).toMatchObject([
			{ baseFile: null, headFile: "new.js", base: { from: 0, lines: 0 }, head: { from: 1, lines: 2 } },
			{ baseFile: "gone.js", headFile: null, base: { from: 1, lines: 1 }, head: { from: 0, lines: 0 } },
		]);
	});

	it("leave submodules out, and name them", () => {
		expect(submodules).toEqual(["lib"]);
		expect(hunks).toHaveLength(5);
	});
});
