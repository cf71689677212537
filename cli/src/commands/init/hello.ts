// Answers every request with a greeting: ?name=Ada for one of one's own.
export default {
  fetch(request: Request): Response {
    const name = new URL(request.url).searchParams.get("name") ?? "world";
    return new Response(`${process.env.GREETING}, ${name}!\n`);
  },
};
