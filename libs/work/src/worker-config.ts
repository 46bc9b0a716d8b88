import { Setting, StoreConfig } from '@voucherline/platform';

/** Settings of a service that calls vendors. */
export class WorkerConfig extends StoreConfig {
  @Setting({
    env: 'ALLOW_LOOPBACK_VENDORS',
    default: false,
    description: 'true lets vendors be called on this machine: for sandboxes only',
  })
  allowLoopbackVendors!: boolean;
}
