export const half = 'static import';
export const other = 'dynamic import';
