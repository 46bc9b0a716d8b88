/**
 * What the connection decides or Kingdee gives, and no flow: names of these are a fault wherever they stand in a payload, in
 * Kingdee's spelling or people's. Names are compared without case, blanks, separators and width (`ＦＩＤ`, `f_id`).
 */
const FORBIDDEN: readonly { readonly is: (name: string) => boolean; readonly why: string }[] = [
  {
    // A key of an existing document: with it a create overwrites that document (kingdee.md §4.1; failure-modes.md F30).
    is: (name) =>
      /^(f?(ids?|voucherid|entryid|detailentryid|documentid|billid|masterid|billno)|numbers?|pkvalue)$/.test(name),
    why: 'names an existing document, which Kingdee would overwrite; leave it out, Kingdee gives ids and numbers',
  },
  {
    // FOrgId, FCreateOrgId, FSettleOrgId, FPayOrgId, FPurchaseOrgId, FACCBOOKORGID, TargetOrgId … (kingdee.md §4.1, §6).
    is: (name) =>
      /^f?[a-z]*(org|orgs|orgid|orgids|orgnum|orgnumber|orgno|orgcode|orgname)$/.test(name) ||
      /^f?[a-z]*(company|organi[sz]ation|legalentity)(id|num|number|no|code|name)?$/.test(name) ||
      /^(acctid|accountset|accountsetid|dbid)$/.test(name) ||
      /(公司|组织|法人|账套)(编码|编号|代码|名称|内码|id)?$/.test(name),
    why: 'names a company, which is the connection’s; leave it out, and use a connection of its own for another company',
  },
  {
    // Switches of Kingdee's own checks and conversions (kingdee.md §4.1, §4.2, §4.4).
    is: (name) => SWITCHES.has(name),
    why: 'is a switch of Kingdee that the connector sets; leave it out',
  },
];

const SWITCHES = new Set(
  [
    ...['ValidateFlag', 'IsVerifyBaseDataField', 'NeedUpDateFields', 'NeedReturnFields', 'IsDeleteEntry'],
    ...['NumberSearch', 'IsEntryBatchFill', 'IsAutoAdjustField', 'InterationFlags', 'IgnoreInterationFlag'],
    ...['IsControlPrecision', 'IsAutoSubmitAndAudit', 'ValidateRepeatJson', 'SubSystemId', 'Creator', 'NetworkCtrl'],
    ...['IsVerifyProcInst', 'RuleId', 'IsEnableDefaultRule', 'IsDraftWhenSaveFail', 'TargetFormId'],
    ...['TargetBillTypeId', 'EntryIds', 'CustomParams', 'Model', 'FormId', 'BatchCount', 'FDocumentStatus'],
  ].map((name) => name.toLowerCase()),
);

/** Faults for every forbidden name, however deep it stands; each names the field and the mend. */
export function forbiddenFaults(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item, at) => forbiddenFaults(item, `${path}[${at}]`));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const place = path === '' ? name : `${path}.${name}`;
    const why = whyForbidden(name);
    return [...(why === undefined ? [] : [`${place}: ${why}`]), ...forbiddenFaults(member, place)];
  });
}

export const isForbidden = (name: string): boolean => whyForbidden(name) !== undefined;

function whyForbidden(name: string): string | undefined {
  const plain = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  return FORBIDDEN.find(({ is }) => is(plain))?.why;
}
