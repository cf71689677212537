let count = 0;
export const lazy = (): string => `lazy ${++count}`;
