export default { fetch: () => new Response("built before") };
