export const x = true;
