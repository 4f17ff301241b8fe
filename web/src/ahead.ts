/** The first thing that the page evaluates. */
import { askAhead } from "@/api/ahead";

askAhead(location);
