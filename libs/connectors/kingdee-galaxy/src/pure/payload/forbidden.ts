/** A key of an existing document: with it a create overwrites that document (kingdee.md §4.1; failure-modes.md F30). */
const IDS =
  /^(F?(ID|IDS|VOUCHERID|ENTRYID|DOCUMENTID|BILLID)|FMASTERID|FBILLNO|BILLNO|NUMBERS?|PKVALUE|FDETAILENTRYID)$/i;

/** Switches of Kingdee's own checks and conversions (kingdee.md §4.1, §4.2, §4.4): the connector sets them. */
const SWITCHES = new Set(
  [
    ...[
      'ValidateFlag',
      'IsVerifyBaseDataField',
      'NeedUpDateFields',
      'NeedReturnFields',
      'IsDeleteEntry',
      'NumberSearch',
    ],
    ...['IsEntryBatchFill', 'IsAutoAdjustField', 'InterationFlags', 'IgnoreInterationFlag', 'IsControlPrecision'],
    ...['IsAutoSubmitAndAudit', 'ValidateRepeatJson', 'SubSystemId', 'Creator', 'NetworkCtrl', 'IsVerifyProcInst'],
    ...['RuleId', 'IsEnableDefaultRule', 'IsDraftWhenSaveFail', 'TargetFormId', 'TargetBillTypeId', 'TargetOrgId'],
    ...['EntryIds', 'CustomParams', 'Model', 'FormId', 'BatchCount', 'CreateOrgId', 'UseOrgId', 'FDocumentStatus'],
  ].map((name) => name.toLowerCase()),
);

/** Faults for every id or switch, however deep it stands; each names the field and the mend. */
export function forbiddenFaults(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item, at) => forbiddenFaults(item, `${path}[${at}]`));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const place = path === '' ? name : `${path}.${name}`;
    return [...faultOf(name, place), ...forbiddenFaults(member, place)];
  });
}

export const isForbidden = (name: string): boolean => faultOf(name, name).length > 0;

function faultOf(name: string, place: string): string[] {
  if (IDS.test(name)) {
    return [
      `${place}: names an existing document, which Kingdee would overwrite; leave it out, Kingdee gives ids and numbers`,
    ];
  }
  if (SWITCHES.has(name.toLowerCase()))
    return [`${place}: is a switch of Kingdee that the connector sets; leave it out`];
  return [];
}
