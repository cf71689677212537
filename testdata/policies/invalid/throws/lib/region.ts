export function region(name: string): string {
  const value: string | undefined = process.env[name];
  if (value === undefined) {
    throw new Error(`${name} must be set`);
  }
  return value;
}
