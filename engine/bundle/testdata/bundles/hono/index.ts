import { Hono } from "hono";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";

const app = new Hono();
app.use("*", cors());
app.get("/greet/:name", (context) => context.json({ hello: context.req.param("name") }));
app.post("/sum", async (context) => {
  const numbers: number[] = await context.req.json();
  return context.text(String(numbers.reduce((a, b) => a + b, 0)));
});
app.get("/refused", () => {
  throw new HTTPException(418, { message: "no coffee" });
});

export default app;
