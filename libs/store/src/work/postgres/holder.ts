/** Who works here: the columns that every statement about leases names. */
export interface Holder {
  readonly worker: string;
  readonly process: string;
  readonly service: string;
}
