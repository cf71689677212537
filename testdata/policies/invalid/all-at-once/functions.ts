const service = (name: string, source: string, extra: object = {}) => ({ name, source, ...extra });

export const functions = {
  "send-email": service("Email", "./email.ts"),
  api: service("", "./api.ts", { env: { TOKEN: undefined, PORT: 8080 }, memoryMib: 512 }),
  resize: service("Resize", "./resize.ts", {
    externalPackages: ["sharp", "sharp", "@img/*"],
    customDomains: ["localhost", "a.example.com", "A.example.com."],
  }),
};
