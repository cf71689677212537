let reads = 0;
export default { get auth() { return reads++ === 0; } };
