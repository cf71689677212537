export const taken = "import";
