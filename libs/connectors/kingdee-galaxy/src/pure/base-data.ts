import type { KingdeeKind } from './master-data-kinds.js';

/** The form of each kind (kingdee.md §6.6; that of expense items is unconfirmed). */
export const FORM_OF: Readonly<Record<KingdeeKind, string>> = {
  accounts: 'BD_Account',
  departments: 'BD_Department',
  'expense-items': 'BD_Expense',
  suppliers: 'BD_Supplier',
  employees: 'BD_Empinfo',
};

/** What may be referenced: audited, and not forbidden. */
export const USABLE = "FDocumentStatus='C' and FForbidStatus='A'";

/**
 * The entry of an account that lists its dimensions, one a row: which (`FFLEX5`), and whether it must be given. Both keys and the
 * value are unconfirmed: they are those of the database's table T_BD_ACCOUNTFLEXENTRY.
 */
export const DIMENSION_FIELD = 'FDataFieldName';
export const OBLIGATION_FIELD = 'FInputType';
export const OBLIGATORY = '1';
