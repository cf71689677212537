import { neon, Pool } from "@neondatabase/serverless";
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from "kysely";
import postgres from "postgres";

const database = new Kysely<{ pets: { name: string; age: number } }>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (instance) => new PostgresIntrospector(instance),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});
const sql = postgres("postgres://user:secret@127.0.0.1:1/database", { connect_timeout: 1 });

export default async (): Promise<Response> => {
  const query = database.selectFrom("pets").select("name").where("age", ">", 2).compile();
  const refused = await sql`select 1`.then(() => "connected", (error) => error.code);
  const http = neon("postgres://user:secret@db.localtest.me/database");
  return Response.json({ sql: query.sql, refused, http: typeof http.transaction, pool: typeof new Pool().query });
};
