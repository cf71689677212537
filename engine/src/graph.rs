//! The dependency graph over addresses: order and cycles.
//!
//! A thin wrapper; petgraph's types stay in this file. Ties are broken by the order in which the
//! nodes were added, so equal inputs always give equal orders.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::address::Address;

/// Addresses and what has to come before them.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    graph: DiGraph<Address, ()>,
    index: HashMap<Address, NodeIndex>,
}

impl Graph {
    /// Adds an address; later ones come later where no edge says otherwise.
    pub fn add(&mut self, address: &Address) {
        if !self.index.contains_key(address) {
            let node = self.graph.add_node(address.clone());
            self.index.insert(address.clone(), node);
        }
    }

    /// Says that `first` comes before `then`. Addresses that were not added are ignored.
    pub fn before(&mut self, first: &Address, then: &Address) {
        if let (Some(&first), Some(&then)) = (self.index.get(first), self.index.get(then)) {
            self.graph.update_edge(first, then, ());
        }
    }

    /// What has to come right before `address`.
    pub fn prerequisites(&self, address: &Address) -> Vec<Address> {
        let Some(&node) = self.index.get(address) else { return Vec::new() };
        let mut found: Vec<_> = self.graph.neighbors_directed(node, Direction::Incoming).collect();
        found.sort_unstable();
        found.into_iter().map(|node| self.graph[node].clone()).collect()
    }

    /// Every address after its prerequisites.
    ///
    /// # Errors
    /// The addresses that need each other in circles.
    pub fn order(&self) -> Result<Vec<Address>, Vec<Address>> {
        let mut waiting: Vec<usize> = self
            .graph
            .node_indices()
            .map(|node| self.graph.neighbors_directed(node, Direction::Incoming).count())
            .collect();
        let mut ready: BinaryHeap<Reverse<NodeIndex>> =
            self.graph.node_indices().filter(|node| waiting[node.index()] == 0).map(Reverse).collect();
        let mut order = Vec::with_capacity(waiting.len());
        while let Some(Reverse(node)) = ready.pop() {
            order.push(self.graph[node].clone());
            for next in self.graph.neighbors_directed(node, Direction::Outgoing) {
                waiting[next.index()] -= 1;
                if waiting[next.index()] == 0 {
                    ready.push(Reverse(next));
                }
            }
        }
        if order.len() == waiting.len() {
            return Ok(order);
        }
        let stuck = self.graph.node_indices().filter(|node| waiting[node.index()] > 0);
        Err(stuck.map(|node| self.graph[node].clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn address(number: usize) -> Address {
        Address::new("node", &number.to_string())
    }

    #[test]
    fn a_circle_is_named() {
        let mut graph = Graph::default();
        (0..3).for_each(|number| graph.add(&address(number)));
        graph.before(&address(1), &address(2));
        graph.before(&address(2), &address(1));
        assert_eq!(graph.order(), Err(vec![address(1), address(2)]));
    }

    proptest! {
        #[test]
        fn the_order_respects_every_edge_and_never_varies(edges in prop::collection::vec((0usize..20, 0usize..20), 0..60)) {
            let mut graph = Graph::default();
            (0..20).for_each(|number| graph.add(&address(number)));
            // Edges from lower to higher numbers never form a circle.
            let edges: Vec<_> = edges.into_iter().filter(|(a, b)| a < b).collect();
            for (first, then) in &edges {
                graph.before(&address(*first), &address(*then));
            }
            let order = graph.order().expect("no circle");
            let place = |number: usize| order.iter().position(|found| *found == address(number));
            for (first, then) in edges {
                prop_assert!(place(first) < place(then));
            }
            prop_assert_eq!(graph.clone().order().expect("no circle"), order);
        }
    }
}
