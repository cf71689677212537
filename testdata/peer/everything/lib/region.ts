export const REGION = "eu";

export function greet(name: string): string {
  return `Hello from ${name} in ${REGION}`;
}
