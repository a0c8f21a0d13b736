/** A value all the way down: the record is made whole and never changed, and the types say so. */
export type Immutable<T> = { readonly [Key in keyof T]: Immutable<T[Key]> };
