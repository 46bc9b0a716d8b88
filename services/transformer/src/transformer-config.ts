import { StoreConfig } from '@voucherline/platform';

/** Settings of the transformer: those of every service that keeps state. What it decides by is published, not set. */
export class TransformerConfig extends StoreConfig {}
