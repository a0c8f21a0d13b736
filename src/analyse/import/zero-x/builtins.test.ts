import { describe, expect, it } from "vitest";
import { isMachinery } from "./builtins.js";

describe("isMachinery", () => {
	it.each([
		"LoadIC",
		"LoadIC_Megamorphic",
		"KeyedLoadICTrampoline_MegamorphicStringKey",
		"LoadGlobalICInsideTypeofBaseline",
		"StoreFastElementIC_GrowNoTransitionHandleCOW",
		"Call_ReceiverIsAny",
		"CallFunction_ReceiverIsNotNullOrUndefined",
		"Construct",
		"ConstructVarargs",
		"JSConstructStubGeneric",
		"BaselineOutOfLinePrologue",
		"InterpreterEntryTrampoline",
		"StrictEqual_Baseline",
		"AddSmi_Baseline",
		"BitwiseAnd",
		"ToBooleanForBaselineJump",
		"StringAdd_CheckNone",
		"FastNewClosureBaseline",
		"CreateShallowObjectLiteral",
		"RecordWriteSaveFP",
		"CEntry_Return1_ArgvOnStack_NoBuiltinExit",
	])("%s is", (name) => {
		expect(isMachinery(name)).toBe(true);
	});

	it.each([
		"ArrayPrototypeJoin",
		"ArrayMap",
		"JsonStringify",
		"MapPrototypeGet",
		"StringPrototypeSplit",
		"StringSubstring",
		"ObjectAssign",
		"ObjectDefineProperty",
		"RegExpPrototypeTestFast",
		"PromiseConstructor",
		"AsyncFunctionAwaitUncaught",
		"RunMicrotasks",
		"CompileLazy",
		"HandleApiCall",
		"DateNow",
		"ReflectApply",
		"ArrayPrototypeToString",
		"BigIntAdd",
		"WeakMapGet",
	])("%s is not", (name) => {
		expect(isMachinery(name)).toBe(false);
	});
});
