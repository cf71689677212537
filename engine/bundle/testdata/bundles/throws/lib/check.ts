/** A type only, and a comment: neither is in the bundle. */
export type Amount = number;

export function check(amount: Amount, limit: Amount): void {
  const isWithin = amount <= limit;
  if (!isWithin) {
    const told = `${amount} is more than ${limit}`;
    throw new RangeError(told);
  }
}
