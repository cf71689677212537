import { createSchema, createYoga } from "graphql-yoga";

// Has a fetch method of its own.
export default createYoga({
  logging: false,
  schema: createSchema({
    typeDefs: "type Query { sum(numbers: [Int!]!): Int! }",
    resolvers: { Query: { sum: (_: unknown, { numbers }: { numbers: number[] }) => numbers.reduce((a, b) => a + b, 0) } },
  }),
});
