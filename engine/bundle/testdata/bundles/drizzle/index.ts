import { and, desc, eq, gt, sql } from "drizzle-orm";
import { integer, pgTable, QueryBuilder, text, timestamp } from "drizzle-orm/pg-core";

const users = pgTable("users", {
  id: integer().primaryKey(),
  name: text().notNull(),
  age: integer(),
  joined: timestamp().defaultNow(),
});

export default {
  fetch(): Response {
    const query = new QueryBuilder()
      .select({ id: users.id, upper: sql<string>`upper(${users.name})` })
      .from(users)
      .where(and(eq(users.name, "Ada"), gt(users.age, 30)))
      .orderBy(desc(users.joined))
      .limit(3);
    return Response.json(query.toSQL());
  },
};
