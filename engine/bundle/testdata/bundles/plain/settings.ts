export const region: string = process.env.REGION ?? "nowhere";
