export const name: string = 'awaited';
