const down = (): number => 1 + down();
down();
export default {};
