import { b } from './b';
export const a = () => b();
export const name = 'round';
