export { rowsOf, type Status, type StoredDocument, type StoredRow } from './document.js';
export { collated } from './field-index.js';
export { DocumentStore } from './store.js';
