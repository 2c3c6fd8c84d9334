"""The judge's network: an encoder that reads a sentence once, and small heads that look at two spans of it."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from transformers import AutoModel

HEADS = 6


class Judge(nn.Module):
    """Outputs: 16 acts, 4 ties (none, forward, backward, both), 6 statuses."""

    def __init__(self, path, layers=None, outputs=16 + 4 + 6, dropout=0.2, inner=384):
        super().__init__()
        self.encoder = AutoModel.from_pretrained(path, add_pooling_layer=False, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
        # The vectors of words stay as they are: most words of the news are not in the little data there is.
        self.encoder.embeddings.requires_grad_(False)
        if layers is not None:
            self.encoder.encoder.layer = nn.ModuleList([self.encoder.encoder.layer[i] for i in layers])
            self.encoder.config.num_hidden_layers = len(layers)
        width = self.encoder.config.hidden_size
        self.query = nn.Linear(2 * width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.hidden = nn.Linear(3 * width, inner)
        self.out = nn.Linear(inner, outputs)
        self.drop = nn.Dropout(dropout)

    def judge(self, states, mask, owner, source, target):
        """`owner`: the text of each pair; `source`, `target`: weights over its tokens that sum to one over the span."""
        b, n, w = states.shape
        k = self.key(states).view(b, n, HEADS, -1).transpose(1, 2)[owner]
        v = self.value(states).view(b, n, HEADS, -1).transpose(1, 2)[owner]
        states, mask, p = states[owner], mask[owner], len(owner)
        src = torch.bmm(source.unsqueeze(1), states).squeeze(1)
        tgt = torch.bmm(target.unsqueeze(1), states).squeeze(1)
        q = self.query(torch.cat([src, tgt], 1)).view(p, HEADS, 1, w // HEADS)
        bias = torch.zeros(p, 1, 1, n, dtype=q.dtype).masked_fill(mask.view(p, 1, 1, n) == 0, -1e4)
        context = F.scaled_dot_product_attention(q, k, v, attn_mask=bias).reshape(p, w)
        x = self.drop(torch.cat([src, tgt, context], 1))
        return self.out(self.drop(F.gelu(self.hidden(x))))

    def forward(self, batch):
        states = self.encoder(input_ids=batch["ids"], attention_mask=batch["mask"]).last_hidden_state
        return self.judge(states.float(), batch["mask"], batch["owner"], batch["source"], batch["target"]).float()
