/** Tells people what happens, one line a call. */
export type Say = (line: string) => void;
