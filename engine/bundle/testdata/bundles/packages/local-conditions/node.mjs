export const taken = "node import";
