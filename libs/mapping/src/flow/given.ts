type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The object when every member could be read; a member that could not has noted its fault. */
export function given<const T extends object>(read: T): Given<T> | undefined {
  return Object.values(read).includes(undefined) ? undefined : (read as Given<T>);
}

/** The list when every item could be read. */
export function givenAll<T>(read: readonly (T | undefined)[] | undefined): readonly T[] | undefined {
  return read?.includes(undefined) ? undefined : (read as readonly T[] | undefined);
}
