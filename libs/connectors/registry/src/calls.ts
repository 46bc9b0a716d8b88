import { dingtalkCalls, dingtalkMasterDataCalls } from '@voucherline/connector-dingtalk/calls';
import { kingdeeGalaxyCalls, kingdeeGalaxyMasterDataCalls } from '@voucherline/connector-kingdee-galaxy/calls';
import type { MasterDataCalls, SourceCalls, TargetCalls } from '@voucherline/connector-kit';

/** Calling halves of all sources and targets: for workers only. */
const sources: readonly SourceCalls[] = [dingtalkCalls];
const targets: readonly TargetCalls[] = [kingdeeGalaxyCalls];
const masterData: readonly MasterDataCalls[] = [dingtalkMasterDataCalls, kingdeeGalaxyMasterDataCalls];

/** The source of a product, or undefined when it is none. */
export function sourceCalls(product: string): SourceCalls | undefined {
  return sources.find(({ manifest }) => manifest.product === product);
}

/** The target of a product, or undefined when it is none. */
export function targetCalls(product: string): TargetCalls | undefined {
  return targets.find(({ manifest }) => manifest.product === product);
}

/** The master data of a product, or undefined when it shows none. */
export function masterDataCalls(product: string): MasterDataCalls | undefined {
  return masterData.find(({ manifest }) => manifest.product === product);
}
