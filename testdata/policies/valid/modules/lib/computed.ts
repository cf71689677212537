export const computed: string = "computed";
