import { generateKeyPair, jwtVerify, SignJWT } from "jose";

const secret = new TextEncoder().encode("a secret of thirty-two characters");

export default {
  async fetch(): Promise<Response> {
    const signed = await new SignJWT({ role: "admin" })
      .setProtectedHeader({ alg: "HS256" })
      .setSubject("ada")
      .setExpirationTime("1h")
      .sign(secret);
    const { payload } = await jwtVerify(signed, secret);
    const { privateKey, publicKey } = await generateKeyPair("ES256");
    const other = await new SignJWT({}).setProtectedHeader({ alg: "ES256" }).sign(privateKey);
    const { protectedHeader } = await jwtVerify(other, publicKey);
    const forged = await jwtVerify(`${signed}x`, secret).then(() => "accepted", (error) => error.code);
    return Response.json([payload.sub, payload.role, protectedHeader.alg, forged]);
  },
};
