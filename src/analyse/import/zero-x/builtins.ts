/**
 * V8 runs much of a JavaScript function in builtins: property access (inline caches), calls, operators, write barriers,
 * the interpreter's and the baseline compiler's helpers. They are the machinery of the function that stands below them
 * on the stack, and its time is the function's: V8's own sampler counts it so. Other builtins are the language's library
 * (ArrayPrototypeJoin, JsonStringify, MapPrototypeGet), and stay frames of their own.
 *
 * Names: V8's src/builtins/builtins-definitions.h, as its log has them (11.3 and later).
 */
const operators = [
	"Add|Subtract|Multiply|Divide|Modulus|Exponentiate|Negate|Increment|Decrement",
	"BitwiseAnd|BitwiseOr|BitwiseXor|BitwiseNot|ShiftLeft|ShiftRight|ShiftRightLogical",
	"Equal|StrictEqual|LessThan|LessThanOrEqual|GreaterThan|GreaterThanOrEqual|InstanceOf|Typeof",
].join("|");

const machinery = [
	// Inline caches: LoadIC, KeyedStoreIC_Megamorphic, LoadGlobalICTrampoline, StoreICBaseline …
	/IC(_|$|Trampoline|Baseline|InsideTypeof)/,
	/^(Load|Store|Delete|Define|ElementsTransitionAndStore)\w*_(Fast|Standard|Grow|NoTransition)/,
	/^(Call|Construct)(_|$|Function|BoundFunction|WrappedFunction|Proxy|Varargs|With|ForwardVarargs)/,
	/^JS(Builtins)?ConstructStub/,
	// Operators, and what the baseline compiler and the interpreter call for them.
	new RegExp(`^(${operators})(Smi)?(_|$)`),
	/^(Baseline|Interpreter)[A-Z]/,
	/_(Baseline|WithFeedback)(_|$)/,
	/^String(Add|Equal|LessThan|GreaterThan)/,
	/^To(Number|Numeric|Boolean|Name|Object|String|Length|Integer|BigInt)/,
	/^(NonPrimitive|NonNumber|OrdinaryTo|PlainPrimitive)To/,
	/^OrdinaryToPrimitive/,
	/^(ForIn(Enumerate|Prepare|Filter|Next)|Get(Iterator|TemplateObject)|CallIterator)/,
	/^(Get|Set|Has|Delete)Property/,
	/^Lookup(Context|Global)/,
	/^(Suspend|Resume)Generator/,
	// Literals, closures, arguments objects, their memory, and write barriers.
	/^FastNew|^New(Sloppy|Strict|Rest)ArgumentsElements/,
	/^Create(Shallow|Empty)|^CreateRegExpLiteral|^CreateIterResultObject|^CreateGeneratorObject/,
	/^Copy(DataProperties|FastSmi)|^CloneFastJSArray|^ExtractFastJSArray|^GrowFast/,
	/^Allocate(Regular)?In(Young|Old)Generation|^NewHeapNumber/,
	/^(RecordWrite|EphemeronKeyBarrier)/,
	/^(CEntry|DirectCEntry|AdaptorWithBuiltinExitFrame)/,
];

/** True where the builtin's time belongs to the JavaScript function that runs it. */
export const isMachinery = (builtin: string): boolean => machinery.some((pattern) => pattern.test(builtin));
