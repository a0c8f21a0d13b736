/**
 * Quantities as types. A number that is a time is `Nanoseconds`, `Microseconds` or `Milliseconds`, so that the compiler
 * refuses to add one to the other. At the edges (the run record, JSON) the unit is in the field's name instead.
 */
declare const unit: unique symbol;
type Quantity<Unit extends string> = number & { readonly [unit]: Unit };

export type Nanoseconds = Quantity<"ns">;
export type Microseconds = Quantity<"µs">;
export type Milliseconds = Quantity<"ms">;

export const ns = (value: number): Nanoseconds => value as Nanoseconds;
export const us = (value: number): Microseconds => value as Microseconds;
export const ms = (value: number): Milliseconds => value as Milliseconds;
