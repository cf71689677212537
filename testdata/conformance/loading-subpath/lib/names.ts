export const x = 'sub';
