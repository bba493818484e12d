export const something = 17;
export const other = { but: 'no application' };
