import { HttpServiceConfig } from '@voucherline/platform';

/** Settings of webhook-ingestion: those that every service called over HTTP has. It keeps no state, so it has no database. */
export class IngestionConfig extends HttpServiceConfig {}
