/** Lines of JSON on the control socket. */

/** From the target to the tool. */
export type AgentMessage =
	| { readonly type: "hello"; readonly pid: number; readonly nodeVersion: string; readonly v8Version: string }
	| { readonly type: "listening"; readonly port: number; readonly address: string }
	| { readonly type: "result"; readonly id: number; readonly value: unknown }
	| { readonly type: "failure"; readonly id: number; readonly message: string };

/** From the tool to the target. */
export interface ToolMessage {
	readonly id: number;
	readonly method: string;
	readonly params: Record<string, unknown>;
}
