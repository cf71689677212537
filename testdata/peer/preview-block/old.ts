export default { fetch: () => new Response(process.env.HOME_OF ?? "") };
