import pg, { Client } from "pg";

// Port 1 of this machine: nothing listens there.
const connectionString = "postgres://user:secret@127.0.0.1:1/database";

async function codeOf(attempt: () => Promise<unknown>): Promise<string> {
  try {
    await attempt();
    return "connected";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

export default {
  async fetch(): Promise<Response> {
    const pool = new pg.Pool({ connectionString });
    return Response.json({
      pool: await codeOf(() => pool.query("select 1")),
      client: await codeOf(() => new Client({ connectionString }).connect()),
      types: pg.types.builtins.INT4,
    });
  },
};
