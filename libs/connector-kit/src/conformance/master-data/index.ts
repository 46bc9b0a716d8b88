export { describeMasterData } from './describe-master-data.js';
export type { MasterDataHarness, MasterDataScene } from './harness.js';
