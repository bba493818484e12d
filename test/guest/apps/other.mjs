/** Not the main module, although it asks. */
export const other = import.meta.main ?? false;
