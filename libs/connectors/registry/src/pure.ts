import { dingtalkMasterData, dingtalkSource } from '@voucherline/connector-dingtalk/pure';
import { kingdeeGalaxyMasterData, kingdeeGalaxyTarget } from '@voucherline/connector-kingdee-galaxy/pure';
import type { ConnectorManifest, MasterDataPure, SourcePure, TargetPure } from '@voucherline/connector-kit';

/** Pure halves of all sources and targets: what stages, webhook-ingestion and the publish command may use. */
const sources: readonly SourcePure[] = [dingtalkSource];
const targets: readonly TargetPure[] = [kingdeeGalaxyTarget];
const masterData: readonly MasterDataPure[] = [dingtalkMasterData, kingdeeGalaxyMasterData];

/** The source of a product, or undefined when it is none. */
export function sourcePure(product: string): SourcePure | undefined {
  return sources.find(({ manifest }) => manifest.product === product);
}

/** The target of a product, or undefined when it is none. */
export function targetPure(product: string): TargetPure | undefined {
  return targets.find(({ manifest }) => manifest.product === product);
}

/** The master data of a product, or undefined when it shows none. */
export function masterDataPure(product: string): MasterDataPure | undefined {
  return masterData.find(({ manifest }) => manifest.product === product);
}

/** What every product says about its connections. */
export function manifests(): readonly ConnectorManifest[] {
  return [...sources, ...targets].map(({ manifest }) => manifest);
}
